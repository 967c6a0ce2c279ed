"""What differs from country to country: addresses, forms of address, typography, holidays, time limits."""
