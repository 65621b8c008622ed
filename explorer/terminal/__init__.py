"""What is asked and answered in a terminal: ``resnet-explorer``, a file for each kind of question."""
