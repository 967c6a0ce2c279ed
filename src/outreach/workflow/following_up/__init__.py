"""What stands where, what is due, and the letters that it calls for."""
