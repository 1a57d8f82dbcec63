package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println("before")
	numbers := []int{1, 2, 3}
	fmt.Println(numbers[len(os.Args)+5])
}
