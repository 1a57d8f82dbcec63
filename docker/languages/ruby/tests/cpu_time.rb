total = 0
loop { total += 1 }
