"""From the Letter to bytes: `render(letter, layout)` for each format, same input, same bytes."""
