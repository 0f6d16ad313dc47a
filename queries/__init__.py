"""What is asked: one `.rq` file per question, and the library that reads and runs them."""
