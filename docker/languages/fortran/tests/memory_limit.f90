program growing
  implicit none
  type :: block
    integer, allocatable :: cells(:)
  end type block
  type(block) :: blocks(100000)
  integer :: i
  do i = 1, size(blocks)
    allocate (blocks(i)%cells(1048576))
    blocks(i)%cells = i
    if (blocks(i)%cells(i) < 0) print *, blocks(i)%cells
  end do
end program growing
