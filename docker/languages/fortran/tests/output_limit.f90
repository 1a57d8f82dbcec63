program printing
  do
    print '(a)', 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy'
  end do
end program printing
