"""What is named ``app`` here is none."""

app = "not an app"
