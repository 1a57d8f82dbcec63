package main

var total uint64

func main() {
	for {
		total++
	}
}
