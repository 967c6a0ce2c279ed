"""What goes to the printer and to the post office."""
