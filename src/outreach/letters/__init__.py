"""From template and Markdown to the Letter, the one middle form that every format is made from."""
