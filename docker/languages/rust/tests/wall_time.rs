use std::{thread, time::Duration};

fn main() {
    println!("before");
    thread::sleep(Duration::from_secs(30));
}
