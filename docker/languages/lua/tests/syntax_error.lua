print("never")
if true the
