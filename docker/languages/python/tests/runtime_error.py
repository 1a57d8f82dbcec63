def third(items):
    return items[3]


print("before")
third([1, 2, 3])
