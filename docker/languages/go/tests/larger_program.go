// Generics, maps, interfaces, goroutines, closures and sorting.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"math"
	"os"
	"sort"
	"strings"
	"sync"
)

type Counter[K comparable] struct{ counts map[K]int }

func NewCounter[K comparable]() *Counter[K] { return &Counter[K]{counts: map[K]int{}} }

func (c *Counter[K]) Add(key K) { c.counts[key]++ }

type entry struct {
	word  string
	count int
}

type matrix [2][2]uint64

func (m matrix) times(o matrix) (p matrix) {
	for i := range m {
		for j := range o {
			for k := range o {
				p[i][j] += m[i][k] * o[k][j]
			}
		}
	}
	return
}

func fibonacci(n uint) uint64 {
	result, base := matrix{{1, 0}, {0, 1}}, matrix{{1, 1}, {1, 0}}
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			result = result.times(base)
		}
		base = base.times(base)
	}
	return result[0][1]
}

func queens(size int) int {
	var place func(row int, columns, left, right uint) int
	place = func(row int, columns, left, right uint) (found int) {
		if row == size {
			return 1
		}
		for free := ^(columns | left | right) & (1<<size - 1); free != 0; free &= free - 1 {
			bit := free & -free
			found += place(row+1, columns|bit, (left|bit)<<1, (right|bit)>>1)
		}
		return
	}
	return place(0, 0, 0, 0)
}

func root(x float64) (float64, error) {
	if x < 0 {
		return 0, errors.New("negative")
	}
	return math.Sqrt(x), nil
}

func main() {
	words := make(chan string)
	counter := NewCounter[string]()
	total := 0
	var done sync.WaitGroup
	done.Add(1)
	go func() {
		defer done.Done()
		for word := range words {
			counter.Add(word)
			total++
		}
	}()
	for scanner := bufio.NewScanner(os.Stdin); scanner.Scan(); {
		for _, word := range strings.Fields(scanner.Text()) {
			words <- word
		}
	}
	close(words)
	done.Wait()
	var entries []entry
	for word, count := range counter.counts {
		entries = append(entries, entry{word, count})
	}
	sort.Slice(entries, func(i, j int) bool {
		a, b := entries[i], entries[j]
		return a.count > b.count || a.count == b.count && a.word < b.word
	})
	for _, e := range entries {
		fmt.Println(e.word, e.count)
	}
	if _, err := root(-1); err == nil {
		panic("no error")
	}
	r, _ := root(2)
	fmt.Printf("%d words, fibonacci %d, queens %d, root %.6f\n", total, fibonacci(90), queens(8), r)
}
