fn main() {
    println!("before");
    let numbers = vec![1, 2, 3];
    println!("{}", numbers[std::env::args().count() + 5]);
}
