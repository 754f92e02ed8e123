"""Study: detectors × data sets × seeds, trained and judged under one budget, as a table."""
