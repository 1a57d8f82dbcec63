while true { print("yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy") }
