! Modules, derived types with procedures, operators, recursion, allocatable arrays and array expressions.
module matrices
  use, intrinsic :: iso_fortran_env, only: int64
  implicit none
  private
  public :: matrix, operator(*), fibonacci

  type :: matrix
    integer(int64) :: cells(2, 2)
  end type matrix

  interface operator(*)
    module procedure times
  end interface

contains

  elemental function times(left, right) result(product)
    type(matrix), intent(in) :: left, right
    type(matrix) :: product
    product%cells = matmul(left%cells, right%cells)
  end function times

  function fibonacci(n) result(value)
    integer, intent(in) :: n
    integer(int64) :: value
    type(matrix) :: result, base
    integer :: rest
    result%cells = reshape([1_int64, 0_int64, 0_int64, 1_int64], [2, 2])
    base%cells = reshape([1_int64, 1_int64, 1_int64, 0_int64], [2, 2])
    rest = n
    do while (rest > 0)
      if (btest(rest, 0)) result = result * base
      rest = ishft(rest, -1)
      if (rest > 0) base = base * base
    end do
    value = result%cells(1, 2)
  end function fibonacci
end module matrices

module counting
  implicit none
  private

  type, public :: counter
    character(len=:), allocatable :: words(:)
    integer, allocatable :: counts(:)
  contains
    procedure :: add
    procedure :: show
  end type counter

contains

  subroutine add(self, word)
    class(counter), intent(inout) :: self
    character(len=*), intent(in) :: word
    integer :: i
    if (.not. allocated(self%words)) then
      allocate (character(len=32) :: self%words(0))
      allocate (self%counts(0))
    end if
    do i = 1, size(self%words)
      if (self%words(i) == word) then
        self%counts(i) = self%counts(i) + 1
        return
      end if
    end do
    self%words = [character(len=32) :: self%words, word]
    self%counts = [self%counts, 1]
  end subroutine add

  subroutine show(self)
    class(counter), intent(in) :: self
    logical, allocatable :: shown(:)
    integer :: i, j, best
    allocate (shown(size(self%words)), source=.false.)
    do i = 1, size(self%words)
      best = 0
      do j = 1, size(self%words)
        if (shown(j)) cycle
        if (best == 0) then
          best = j
        else if (self%counts(j) > self%counts(best) .or. &
                 (self%counts(j) == self%counts(best) .and. llt(self%words(j), self%words(best)))) then
          best = j
        end if
      end do
      shown(best) = .true.
      print '(a, 1x, i0)', trim(self%words(best)), self%counts(best)
    end do
  end subroutine show
end module counting

program larger
  use matrices
  use counting
  implicit none
  type(counter) :: words
  character(len=200) :: line
  integer :: status, first, last, total
  total = 0
  do
    read (*, '(a)', iostat=status) line
    if (status /= 0) exit
    first = verify(line, ' ')
    do while (first > 0)
      last = first + scan(line(first:), ' ') - 2
      call words%add(line(first:last))
      total = total + 1
      line(:last) = ' '
      first = verify(line, ' ')
    end do
  end do
  call words%show()
  print '(i0, a, i0, a, i0, a, f8.6)', total, ' words, fibonacci ', fibonacci(90), ', queens ', queens(8, 0, 0, 0, 0), &
    ', root ', sqrt(2.0d0)

contains

  recursive function queens(size, row, columns, left, right) result(found)
    integer, intent(in) :: size, row, columns, left, right
    integer :: found, i, bit
    found = 0
    if (row == size) then
      found = 1
      return
    end if
    do i = 0, size - 1
      bit = ishft(1, i)
      if (iand(ior(ior(columns, left), right), bit) /= 0) cycle
      found = found + queens(size, row + 1, ior(columns, bit), ishft(ior(left, bit), 1), ishft(ior(right, bit), -1))
    end do
  end function queens
end program larger
