2016-07-25T12:00Z sandersville incident-opened incident=i9 summary="breaker 4 tripped"
