var blocks: [[UInt8]] = []
while true {
    blocks.append([UInt8](repeating: UInt8(blocks.count & 255), count: 4 << 20))
}
