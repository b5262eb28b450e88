"""The chat page, its routes and what guards them."""
