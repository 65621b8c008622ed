"""Lecture: views of other pages, put together to be presented."""

from explorer.ui.page import Page

PAGE = Page(title="Lecture", path="lecture", group="Learn", place=2, parameters=(), top="none")
