// A PDF of one page, as large as a chart, with the chart as a picture (PDF 1.4, sections 3.4 and 4.8).
const POINTS = 72 / 96; // of a pixel of the page

// jpeg: the chart's bytes; across, down: its pixels; width, height: in pixels of the page
function pdfOf(jpeg, across, down, width, height) {
  const [wide, high] = [width * POINTS, height * POINTS];
  const drawing = `${wide} 0 0 ${high} 0 0 cm /Chart Do`;
  const parts = [], places = [];
  let length = 0;
  const put = part => {
    const bytes = typeof part === "string" ? new TextEncoder().encode(part) : part;
    parts.push(bytes);
    length += bytes.length;
  };
  const object = (words, content) => {
    places.push(length);
    put(`${places.length} 0 obj\n${words}\n`);
    if (content) ["stream\n", content, "\nendstream\n"].forEach(put);
    put("endobj\n");
  };
  put("%PDF-1.4\n");
  object("<< /Type /Catalog /Pages 2 0 R >>");
  object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
  object(
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${wide} ${high}] ` +
      "/Resources << /XObject << /Chart 4 0 R >> >> /Contents 5 0 R >>",
  );
  object(
    `<< /Type /XObject /Subtype /Image /Width ${across} /Height ${down} /ColorSpace /DeviceRGB ` +
      `/BitsPerComponent 8 /Filter /DCTDecode /Length ${jpeg.length} >>`,
    jpeg,
  );
  object(`<< /Length ${drawing.length} >>`, drawing);
  const table = length;
  put(`xref\n0 ${places.length + 1}\n0000000000 65535 f \n`);
  for (const place of places) put(`${String(place).padStart(10, "0")} 00000 n \n`);
  put(`trailer\n<< /Size ${places.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`);
  return new Blob(parts, { type: "application/pdf" });
}
