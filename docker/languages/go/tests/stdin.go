package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	reader := bufio.NewReader(os.Stdin)
	var count, sum, number int
	fmt.Fscan(reader, &count)
	for i := 0; i < count; i++ {
		fmt.Fscan(reader, &number)
		sum += number
	}
	fmt.Println("sum", sum)
	reader.ReadString('\n')
	line, _ := reader.ReadString('\n')
	fmt.Print("last ", line)
}
