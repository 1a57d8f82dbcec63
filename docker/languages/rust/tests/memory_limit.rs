use std::hint::black_box;

fn main() {
    let mut blocks = Vec::new();
    loop {
        blocks.push(black_box(vec![1u8; 4 << 20]));
    }
}
