import time

print("before")
time.sleep(30)
