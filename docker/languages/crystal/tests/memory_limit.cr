blocks = [] of Bytes
loop { blocks << Bytes.new(4 << 20, 1u8) }
