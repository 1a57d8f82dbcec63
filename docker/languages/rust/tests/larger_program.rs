// Traits, generics, closures, iterators, collections, threads and errors.
use std::collections::HashMap;
use std::fmt;
use std::io::{self, BufRead};
use std::ops::Mul;
use std::sync::{mpsc, Arc, Mutex};
use std::thread;

#[derive(Clone, Copy)]
struct Matrix([[u64; 2]; 2]);

impl Mul for Matrix {
    type Output = Matrix;
    fn mul(self, other: Matrix) -> Matrix {
        let mut product = [[0; 2]; 2];
        for (i, row) in product.iter_mut().enumerate() {
            for (j, cell) in row.iter_mut().enumerate() {
                *cell = (0..2).map(|k| self.0[i][k].wrapping_mul(other.0[k][j])).fold(0, u64::wrapping_add);
            }
        }
        Matrix(product)
    }
}

fn power<T: Mul<Output = T> + Copy>(base: T, one: T, mut n: u32) -> T {
    let (mut result, mut base) = (one, base);
    while n > 0 {
        if n & 1 == 1 {
            result = result * base;
        }
        base = base * base;
        n >>= 1;
    }
    result
}

fn fibonacci(n: u32) -> u64 {
    power(Matrix([[1, 1], [1, 0]]), Matrix([[1, 0], [0, 1]]), n).0[0][1]
}

fn queens(size: u32, row: u32, columns: u32, left: u32, right: u32) -> u32 {
    if row == size {
        return 1;
    }
    let mut free = !(columns | left | right) & ((1 << size) - 1);
    let mut found = 0;
    while free != 0 {
        let bit = free & free.wrapping_neg();
        found += queens(size, row + 1, columns | bit, (left | bit) << 1, (right | bit) >> 1);
        free &= free - 1;
    }
    found
}

#[derive(Debug)]
enum Trouble {
    Negative(f64),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Trouble::Negative(x) => write!(f, "{x} is negative"),
        }
    }
}

impl std::error::Error for Trouble {}

fn root(x: f64) -> Result<f64, Box<dyn std::error::Error>> {
    if x < 0.0 {
        return Err(Box::new(Trouble::Negative(x)));
    }
    Ok(x.sqrt())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let counts = Arc::new(Mutex::new(HashMap::<String, usize>::new()));
    let (sender, receiver) = mpsc::channel::<String>();
    let counter = {
        let counts = Arc::clone(&counts);
        thread::spawn(move || {
            receiver.into_iter().map(|word| *counts.lock().unwrap().entry(word).and_modify(|n| *n += 1).or_insert(1)).count()
        })
    };
    for line in io::stdin().lock().lines() {
        for word in line?.split_whitespace() {
            sender.send(word.to_string())?;
        }
    }
    drop(sender);
    let words = counter.join().unwrap();
    let mut entries: Vec<_> = counts.lock().unwrap().clone().into_iter().collect();
    entries.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    for (word, count) in &entries {
        println!("{word} {count}");
    }
    assert_eq!(root(-1.0).unwrap_err().to_string(), "-1 is negative");
    println!("{words} words, fibonacci {}, queens {}, root {:.6}", fibonacci(90), queens(8, 0, 0, 0, 0), root(2.0)?);
    Ok(())
}
