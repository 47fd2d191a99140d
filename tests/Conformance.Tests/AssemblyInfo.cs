// The kit runs its delicate cases alone: no other run of it may be beside them.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
