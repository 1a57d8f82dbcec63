blocks = []
loop { blocks << "x" * (4 * 1024 * 1024) }
