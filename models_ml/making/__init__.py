"""Tools that make and measure the shipped model; the product does not run them."""
