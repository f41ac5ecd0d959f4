"""Reports: Markdown pages with live charts and tables of runs in them."""
