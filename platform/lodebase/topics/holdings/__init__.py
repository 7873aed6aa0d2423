"""What is held of China, and what is not."""
