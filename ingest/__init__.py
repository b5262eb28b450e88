"""Document to clause to index. Imports `kb` only."""
