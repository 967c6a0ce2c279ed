"""What others read: answers, calendar, bundle, overview."""
