// One browser, one admin and one worker at a time: the suite runs on small machines too.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
