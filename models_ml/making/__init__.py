"""Tools that made the shipped model; the product does not run them."""
