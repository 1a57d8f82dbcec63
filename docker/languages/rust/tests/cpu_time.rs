use std::hint::black_box;

fn main() {
    let mut total: u64 = 0;
    loop {
        total = black_box(total.wrapping_add(1));
    }
}
