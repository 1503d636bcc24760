"""Operations of CloudFormation: executed, followed, explained, recovered from."""
