while true
  puts([repmat("y", 1, 100) "\n"]);
end
