"""The score table: methods and controls against metrics, on images with their truth."""
