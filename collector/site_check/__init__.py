"""What follows an ad's link to its landing page as a browser would, and judges what it finds."""
