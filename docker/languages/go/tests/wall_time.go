package main

import (
	"fmt"
	"time"
)

func main() {
	fmt.Println("before")
	time.Sleep(30 * time.Second)
}
