"""From notebooks to what readers open: executed notebooks, HTML pages, PDF files."""
