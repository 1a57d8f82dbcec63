def blocks = []
while (true) {
    blocks << new byte[4 * 1024 * 1024]
}
