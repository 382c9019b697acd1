"""Reports: papers, pages and workbook; serves ``reports``."""
