program sleeping
  print '(a)', 'before'
  flush (6)
  call sleep(30)
end program sleeping
