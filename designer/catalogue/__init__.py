"""What a component is: typed ports, parameter schema, values and how they are kept on disk."""
