use std::io::{self, Read};

fn main() {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text).unwrap();
    let mut lines = text.lines();
    let count: usize = lines.next().unwrap().parse().unwrap();
    let sum: i64 = lines.next().unwrap().split(' ').take(count).map(|n| n.parse::<i64>().unwrap()).sum();
    println!("sum {sum}");
    println!("last {}", lines.next().unwrap());
}
