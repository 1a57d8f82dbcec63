loop { puts "y" * 100 }
