"""The Web API methods, one module per family. Each exports the methods it owns; the table only sums them."""
