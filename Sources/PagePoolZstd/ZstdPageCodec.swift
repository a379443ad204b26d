internal import PagePool
