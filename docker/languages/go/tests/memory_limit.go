package main

import "fmt"

func main() {
	var blocks [][]byte
	for {
		block := make([]byte, 4<<20)
		for i := 0; i < len(block); i += 4096 {
			block[i] = 1
		}
		blocks = append(blocks, block)
		if len(blocks) < 0 {
			fmt.Println(blocks)
		}
	}
}
